# ruff: noqa: E501
"""The words of the language: tables of English words, their Chinese, and what they go with.

A column entry with `_` is several tokens. Each English word has one Chinese word in each construction, so that
an English sentence decides its translation.
"""

# singular, Chinese, measure word; the plural follows the rule or IRREGULAR_PLURALS
PEOPLE_TABLE = """
teacher 老师 位    | student 学生 个    | doctor 医生 位     | nurse 护士 位      | driver 司机 位
worker 工人 个     | farmer 农民 个     | chef 厨师 位       | writer 作家 位     | singer 歌手 位
painter 画家 位    | soldier 士兵 个    | lawyer 律师 位     | engineer 工程师 位 | scientist 科学家 位
manager 经理 位    | waiter 服务员 个   | guest 客人 位      | child 孩子 个      | boy 男孩 个
girl 女孩 个       | man 男人 个        | woman 女人 个      | reporter 记者 位   | police_officer 警察 个
professor 教授 位  | actor 演员 个      | tourist 游客 个    | dentist 牙医 位    | secretary 秘书 个
"""
RELATED_TABLE = """
friend 朋友 个     | neighbor 邻居 个   | classmate 同学 个  | colleague 同事 个  | boss 老板 个
coach 教练 位      | teacher 老师 位    | student 学生 个    | doctor 医生 位     | lawyer 律师 位
"""
ANIMALS_TABLE = """
dog 狗 只          | cat 猫 只          | horse 马 匹        | bird 鸟 只         | cow 牛 头
pig 猪 头          | rabbit 兔子 只     | elephant 大象 头   | tiger 老虎 只      | monkey 猴子 只
panda 熊猫 只      | duck 鸭子 只       | snake 蛇 条        | lion 狮子 头       | bear 熊 只
"""
READING_TABLE = """
book 书 本         | newspaper 报纸 份  | novel 小说 本      | letter 信 封       | magazine 杂志 本
dictionary 词典 本 | poem 诗 首         | article 文章 篇    | report 报告 份     | diary 日记 本
"""
FOOD_TABLE = """
apple 苹果 个      | orange 橙子 个     | banana 香蕉 根     | egg 鸡蛋 个        | cake 蛋糕 块
pear 梨 个         | sandwich 三明治 个 | hamburger 汉堡 个  | dumpling 饺子 个   | potato 土豆 个
tomato 西红柿 个   | cookie 饼干 块     | watermelon 西瓜 个 | peach 桃子 个
"""
CLOTHES_TABLE = """
shirt 衬衫 件      | coat 大衣 件       | skirt 裙子 条      | sweater 毛衣 件    | hat 帽子 顶
scarf 围巾 条      | tie 领带 条        | jacket 夹克 件
"""
GOODS_TABLE = """
umbrella 雨伞 把   | bag 包 个          | cup 杯子 个        | key 钥匙 把        | pen 钢笔 支
pencil 铅笔 支     | map 地图 张        | camera 相机 台     | knife 刀 把        | toy 玩具 个
ball 球 个         | ticket 票 张       | gift 礼物 份       | box 盒子 个        | photo 照片 张
vase 花瓶 个       | suitcase 箱子 个   | mirror 镜子 面     | guitar 吉他 把     | candle 蜡烛 支
"""
FURNITURE_TABLE = """
chair 椅子 把      | table 桌子 张      | bed 床 张          | sofa 沙发 张       | lamp 灯 盏
"""
MACHINES_TABLE = """
computer 电脑 台   | phone 手机 部      | car 汽车 辆        | bicycle 自行车 辆  | television 电视 台
truck 卡车 辆      | radio 收音机 台    | clock 钟 座        | motorcycle 摩托车 辆
"""
ART_TABLE = "song 歌 首 | movie 电影 部 | painting 油画 幅 | story 故事 个"
PLANTS_TABLE = "flower 花 朵 | tree 树 棵 | rose 玫瑰 朵"
BUILDINGS_TABLE = "house 房子 栋 | bridge 桥 座 | tower 塔 座"
OPENINGS_TABLE = "door 门 扇 | window 窗户 扇"
QUESTIONS_TABLE = "question 问题 个"

PLACES_TABLE = """
school 学校 所     | park 公园 个       | library 图书馆 座  | hospital 医院 家   | office 办公室 间
kitchen 厨房 间    | garden 花园 个     | restaurant 餐厅 家 | hotel 酒店 家      | bookstore 书店 家
supermarket 超市 家 | museum 博物馆 座  | village 村子 个    | classroom 教室 间  | factory 工厂 家
bank 银行 家       | church 教堂 座     | forest 森林 片     | shop 商店 家       | bedroom 卧室 间
station 车站 个    | airport 机场 个    | zoo 动物园 个      | cinema 电影院 家   | theater 剧院 家
"""
CITIES_TABLE = """
Beijing 北京 | Shanghai 上海 | London 伦敦 | Paris 巴黎 | New_York 纽约 | Tokyo 东京 | Berlin 柏林 | Rome 罗马
Moscow 莫斯科 | China 中国 | England 英国 | France 法国 | Japan 日本 | America 美国 | Germany 德国 | Canada 加拿大
"""
SURFACES_TABLE = "table 桌子 | chair 椅子 | bed 床 | sofa 沙发 | floor 地板 | desk 书桌 | shelf 架子"
INSIDES_TABLE = "box 盒子 | bag 包 | drawer 抽屉 | suitcase 箱子 | fridge 冰箱 | basket 篮子"
PREPOSITIONS_TABLE = "under 下面 | near 附近 | behind 后面 | in_front_of 前面 | next_to 旁边"

MEN_TABLE = """
Tom 汤姆 | John 约翰 | Peter 彼得 | Jack 杰克 | David 大卫 | Mike 迈克 | Paul 保罗 | James 詹姆斯
Robert 罗伯特 | Li_Ming 李明 | Zhang_Wei 张伟
"""
WOMEN_TABLE = """
Mary 玛丽 | Anna 安娜 | Lucy 露西 | Alice 爱丽丝 | Linda 琳达 | Emma 艾玛 | Lily 莉莉 | Helen 海伦
Susan 苏珊 | Wang_Fang 王芳 | Liu_Na 刘娜
"""
KINSMEN_TABLE = """
father 爸爸 | grandfather 爷爷 | uncle 叔叔 | older_brother 哥哥 | younger_brother 弟弟 | son 儿子 | husband 丈夫
"""
KINSWOMEN_TABLE = """
mother 妈妈 | grandmother 奶奶 | aunt 阿姨 | older_sister 姐姐 | younger_sister 妹妹 | daughter 女儿 | wife 妻子
"""

SUBJECTS_TABLE = """
machine_learning 机器_学习 | mathematics 数学 | history 历史 | physics 物理 | Chinese 中文 | English 英语
French 法语 | Japanese 日语 | art 艺术 | chemistry 化学 | geography 地理 | law 法律 | philosophy 哲学
computer_science 计算机_科学 | biology 生物 | economics 经济学
"""
PLEASURES_TABLE = """
music 音乐 | football 足球 | basketball 篮球 | tennis 网球 | chess 象棋 | sports 体育 | poetry 诗歌 | science 科学
"""
MASS_FOOD_TABLE = (
    "rice 米饭 | bread 面包 | meat 肉 | beef 牛肉 | chocolate 巧克力 | fruit 水果 | fish 鱼 | chicken 鸡肉"
)
DRINKS_TABLE = "tea 茶 | coffee 咖啡 | water 水 | milk 牛奶 | juice 果汁 | beer 啤酒 | wine 葡萄酒"

NUMBERS_TABLE = """
two 两 | three 三 | four 四 | five 五 | six 六 | seven 七 | eight 八 | nine 九 | ten 十 | twelve 十二 | twenty 二十
"""
AGES_TABLE = """
five 五 | six 六 | seven 七 | eight 八 | nine 九 | ten 十 | twelve 十二 | fifteen 十五 | eighteen 十八 | twenty 二十
twenty-five 二十五 | thirty 三十 | forty 四十 | fifty 五十 | sixty 六十 | seventy 七十 | eighty 八十
"""
HOURS_TABLE = "two 两 | three 三 | five 五 | six 六 | seven 七 | eight 八 | nine 九 | ten 十 | eleven 十一 | twelve 十二"

PAST_TABLE = """
yesterday 昨天 | last_night 昨晚 | last_week 上周 | last_month 上个月 | last_year 去年 | this_morning 今天_早上
on_Monday~m 星期一~m | on_Tuesday~m 星期二~m | on_Friday~m 星期五~m | on_Sunday~m 星期天~m
"""
FUTURE_TABLE = """
tomorrow 明天 | next_week 下周 | next_month 下个月 | next_year 明年 | tonight 今晚 | this_afternoon 今天_下午
on_Monday~m 星期一~m | on_Tuesday~m 星期二~m | on_Friday~m 星期五~m | on_Sunday~m 星期天~m
"""
HABIT_TABLE = """
every_day 每天 | every_morning 每天_早上 | every_evening 每天_晚上 | every_week 每周 | every_weekend 每个_周末
every_afternoon 每天_下午 | every_Sunday 每个_星期天 | every_month 每个_月
"""
FREQUENCY_TABLE = "often 经常 | always 总是 | usually 通常 | sometimes 有时候 | also 也 | seldom 很少"
UNITS_TABLE = "minute 分钟 | hour 小时 | day 天 | week 周 | year 年"

# base, comparative, superlative, Chinese
PERSON_ADJECTIVES_TABLE = """
tall taller tallest 高 | young younger youngest 年轻 | clever cleverer cleverest 聪明 | kind kinder kindest 善良
brave braver bravest 勇敢 | rich richer richest 富有 | strong stronger strongest 强壮 | lazy lazier laziest 懒
friendly friendlier friendliest 友好 | polite more_polite most_polite 礼貌
famous more_famous most_famous 出名 | honest more_honest most_honest 诚实 | patient more_patient most_patient 耐心
careful more_careful most_careful 细心
"""
MOODS_TABLE = """
tired 累 | happy 高兴 | sad 难过 | hungry 饿 | thirsty 渴 | angry 生气 | nervous 紧张 | excited 激动 | busy 忙
worried 担心 | bored 无聊 | lonely 孤独
"""
THING_ADJECTIVES_TABLE = """
big bigger biggest 大 | small smaller smallest 小 | new newer newest 新 | cheap cheaper cheapest 便宜
expensive more_expensive most_expensive 贵 | beautiful more_beautiful most_beautiful 漂亮 | heavy heavier heaviest 重
"""
READING_ADJECTIVES_TABLE = """
interesting more_interesting most_interesting 有趣 | long longer longest 长 | short shorter shortest 短
difficult more_difficult most_difficult 难 | useful more_useful most_useful 实用 | important more_important most_important 重要
"""
FOOD_ADJECTIVES_TABLE = (
    "delicious more_delicious most_delicious 好吃 | sweet sweeter sweetest 甜 | fresh fresher freshest 新鲜"
)
PLACE_ADJECTIVES_TABLE = """
big bigger biggest 大 | small smaller smallest 小 | clean cleaner cleanest 干净 | quiet quieter quietest 安静
beautiful more_beautiful most_beautiful 漂亮 | noisy noisier noisiest 吵
"""
COLOURS_TABLE = (
    "red 红色 | blue 蓝色 | white 白色 | black 黑色 | yellow 黄色 | green 绿色 | gray 灰色 | brown 棕色"
)

# what stands before a noun: kind of noun, then English and Chinese (a word of one syllable goes without 的)
ATTRIBUTES_TABLE = """
people: young 年轻_的 clever 聪明_的 famous 出名_的 kind 善良_的 honest 诚实_的 friendly 友好_的 brave 勇敢_的 lazy 懒_的
things: new 新 old 旧 big 大 small 小 beautiful 漂亮_的 cheap 便宜_的 light 轻_的 strange 奇怪_的
reading: interesting 有趣_的 useful 实用_的 important 重要_的 long 长 short 短 new 新 old 旧 boring 无聊_的
food: big 大 small 小 delicious 好吃_的 sweet 甜_的 fresh 新鲜_的
places: big 大 small 小 quiet 安静_的 beautiful 漂亮_的 clean 干净_的 new 新 old 旧
"""

# base, past, participle, particle or -, Chinese : the categories it takes; what goes on, then what happens at once
ACTIVITIES_TABLE = """
read read read - 看 : reading                | write wrote written - 写 : writing
buy bought bought - 买 : food goods clothes food machines reading furniture
sell sold sold - 卖 : goods clothes machines | eat ate eaten - 吃 : food mass_food
drink drank drunk - 喝 : drinks              | cook cooked cooked - 做 : mass_food
learn learned learned - 学 : subjects        | study studied studied - 学习 : subjects
teach taught taught - 教 : subjects          | visit visited visited - 参观 : places
help helped helped - 帮助 : people           | thank thanked thanked - 感谢 : people
wait waited waited for 等 : people           | listen listened listened to 听 : songs music
paint painted painted - 画 : animals plants  | drive drove driven - 开 : cars
ride rode ridden - 骑 : rides                | repair repaired repaired - 修理 : machines
borrow borrowed borrowed - 借 : goods        | use used used - 用 : tools
carry carried carried - 搬 : furniture       | feed fed fed - 喂 : animals
watch watched watched - 看 : movies          | choose chose chosen - 选择 : clothes goods
build built built - 建 : buildings           | design designed designed - 设计 : buildings clothes
send sent sent - 寄 : mail                   | look looked looked for 找 : goods people
answer answered answered - 回答 : questions  | translate translated translated - 翻译 : reading
play played played - 踢 : football           | play played played - 打 : ballgames
play played played - 下 : chess              | invite invited invited - 邀请 : people
practice practiced practiced - 练习 : subjects
swim swam swum - 游泳 : nothing              | run ran run - 跑步 : nothing
dance danced danced - 跳舞 : nothing         | sing sang sung - 唱歌 : nothing
sleep slept slept - 睡觉 : nothing           | work worked worked - 工作 : nothing
rest rested rested - 休息 : nothing          | walk walked walked - 散步 : nothing
exercise exercised exercised - 锻炼 : nothing | chat chatted chatted - 聊天 : nothing
"""
MOMENTS_TABLE = """
find found found - 找到 : goods              | lose lost lost - 弄丢 : goods
see saw seen - 看见 : animals people         | meet met met - 遇见 : people
receive received received - 收到 : mail
"""
STATES_TABLE = """
love loved loved - 爱 : people subjects pleasures animals | know knew known - 认识 : people
like liked liked - 喜欢 : people subjects pleasures reading food drinks clothes animals
hate hated hated - 讨厌 : subjects pleasures animals food | understand understood understood - 懂 : subjects
need needed needed - 需要 : goods machines clothes drinks
"""
# what has a fixed result and takes its object before the verb: past, participle, Chinese : categories
RESULTS_TABLE = """
broke broken 打破 : cup window vase mirror   | closed closed 关上 : door window box
opened opened 打开 : door window box         | ate eaten 吃完 : cake apple banana egg sandwich
washed washed 洗干净 : cup shirt car coat    | sold sold 卖掉 : car house bicycle computer
repaired repaired 修好 : computer car phone clock bicycle radio
took_away taken_away 拿走 : key map umbrella bag camera
moved moved 搬走 : table chair sofa bed      | threw_away thrown_away 扔掉 : hat box vase newspaper
stole stolen 偷走 : bicycle car phone camera bag
"""
# where people do it; what is not here happens anywhere
VENUES_TABLE = """
read: library park bedroom classroom garden office         | write: library office bedroom classroom hotel
buy: shop supermarket station airport Beijing London Paris Tokyo | sell: shop supermarket station village
eat: restaurant kitchen garden hotel school                | drink: restaurant kitchen garden hotel office
cook: kitchen restaurant hotel                             | learn: school classroom library Beijing Berlin
study: school classroom library London Moscow America England Germany | teach: school classroom village China Japan
practice: school classroom bedroom library                 | wait: station airport hotel restaurant hospital cinema
listen: park bedroom garden church theater classroom       | paint: park garden forest village
drive: village Shanghai Rome America                       | ride: village park forest garden
repair: factory garden shop                                | watch: cinema theater bedroom hotel
play: park school village garden                           | feed: zoo garden village park
swim: hotel school park Canada                             | run: park forest village school
walk: park forest garden village zoo                       | exercise: park school bedroom garden
dance: theater park restaurant school                      | sing: theater church park kitchen
sleep: bedroom hotel office classroom airport              | rest: bedroom hotel garden park hospital
work: factory office hospital bank restaurant hotel bookstore museum New_York Shanghai Germany France
chat: office park restaurant kitchen garden                | visit: Beijing London Paris Rome Berlin France
"""
HABITUAL = """
read write eat drink cook learn study teach help wait listen paint drive ride feed watch play practice
swim run dance sing sleep work rest walk exercise chat buy
"""
IRREGULAR_PLURALS = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "knife": "knives",
    "potato": "potatoes",
    "tomato": "tomatoes",
}
DOUBLED = frozenset({"swim", "run", "chat", "put"})
